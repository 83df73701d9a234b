# task: Compute readability figures of a text: sentences, syllables, Flesch score, and a keyword summary.
import re
from collections import Counter
from statistics import mean

text = (
    "Dr. Smith went to Washington. He didn't stay long! Why? Because the weather, which was remarkably unpleasant, "
    "made comfortable accommodation impossible. The weather improved later. Smith returned home, and the weather followed."
)
protected = re.sub(r"\b(Dr|Mr|Mrs|e\.g)\.", r"\1<dot>", text)
sentences = [s.replace("<dot>", ".") for s in re.split(r"(?<=[.!?])\s+", protected)]
words = re.findall(r"[A-Za-z']+", text)


def syllables(word):
    word = word.lower().rstrip("e")
    return max(1, len(re.findall(r"[aeiouy]+", word)))


total = sum(map(syllables, words))
flesch = 206.835 - 1.015 * len(words) / len(sentences) - 84.6 * total / len(words)
print(len(sentences), "sentences,", len(words), "words,", total, "syllables")
for sentence in sentences:
    print(f"{len(sentence.split()):>3} {sentence}")
print(f"Flesch: {flesch:.1f}, average word length {mean(map(len, words)):.2f}")
weights = Counter(word.lower() for word in words if len(word) > 4)
ranked = sorted(sentences, key=lambda s: -sum(weights[w.lower()] for w in re.findall(r"\w+", s)))
print("summary:", ranked[0])
print("long words:", sorted({word.lower() for word in words if syllables(word) >= 4}))
