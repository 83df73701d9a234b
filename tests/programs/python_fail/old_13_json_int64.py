# task: Write statistics as JSON.
import json

import numpy as np

print(json.dumps({"total": np.arange(5).sum()}))
