# task: Find pairs of products that are often bought together: support, confidence and lift.
from collections import Counter
from itertools import combinations

import pandas as pd

baskets = [
    {"bread", "milk"},
    {"bread", "diapers", "beer", "eggs"},
    {"milk", "diapers", "beer", "cola"},
    {"bread", "milk", "diapers", "beer"},
    {"bread", "milk", "diapers", "cola"},
]
n = len(baskets)
single = Counter(item for basket in baskets for item in basket)
pairs = Counter(pair for basket in baskets for pair in combinations(sorted(basket), 2))

rows = []
for (a, b), count in pairs.items():
    if count / n < 0.4:
        continue
    for left, right in ((a, b), (b, a)):
        confidence = count / single[left]
        rows.append((left, right, count / n, confidence, confidence / (single[right] / n)))
rules = pd.DataFrame(rows, columns=["if", "then", "support", "confidence", "lift"])
rules = rules[rules["lift"] > 1].sort_values(["lift", "confidence", "if"], ascending=[False, False, True])
print(rules.round(3).to_string(index=False))
print("Items:", dict(sorted(single.items())))
