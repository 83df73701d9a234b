# task: Draw a 3D surface, return the PNG as base64 from memory and check it decodes.
import base64
import io

import matplotlib.pyplot as plt
import numpy as np

x, y = np.meshgrid(np.linspace(-3, 3, 40), np.linspace(-3, 3, 40))
z = np.sin(np.hypot(x, y)) / np.maximum(np.hypot(x, y), 1e-9)

fig = plt.figure(figsize=(5, 4))
ax = fig.add_subplot(projection="3d")
surface = ax.plot_surface(x, y, z, cmap="coolwarm")
ax.view_init(elev=30, azim=45)
fig.colorbar(surface, shrink=0.5)

buffer = io.BytesIO()
fig.savefig(buffer, format="png", dpi=60)
text = base64.b64encode(buffer.getvalue()).decode()
back = base64.b64decode(text)
print("starts with:", text[:11])
print("round trip:", back == buffer.getvalue(), "| PNG:", back[1:4])
print("peak:", round(float(z.max()), 3), "| open figures:", plt.get_fignums())
plt.close("all")
print("after close:", plt.get_fignums())
