# task: Count word frequencies in a text without stop words and print a bar chart in text form.
import re
from collections import Counter

text = """It was the best of times, it was the worst of times, it was the age of wisdom,
it was the age of foolishness, it was the epoch of belief, it was the epoch of incredulity,
it was the season of Light, it was the season of Darkness, it was the spring of hope, it was the winter of despair."""
STOP = {"it", "was", "the", "of"}

words = re.findall(r"[a-z']+", text.lower())
counts = Counter(word for word in words if word not in STOP)
print(f"{len(words)} words, {len(set(words))} different, {len(text)} characters")
for word, n in sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:8]:
    print(f"{word:>12} {'█' * n} {n}")
pairs = Counter(zip(words, words[1:]))
print("most common pair:", pairs.most_common(1))
longest = max(words, key=len)
print("longest:", longest, len(longest), "| letters:", Counter(c for c in text.lower() if c.isalpha()).most_common(3))
print("type-token ratio:", round(len(set(words)) / len(words), 3))
