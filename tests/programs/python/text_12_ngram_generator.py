# task: Build a Markov chain from a text, generate sentences with a seed, and measure the most likely continuations.
import random
from collections import Counter, defaultdict

corpus = (
    "the cat sat on the mat . the dog sat on the log . the cat saw the dog . "
    "the dog ran to the mat . a cat and a dog sat on a mat ."
)
words = corpus.split()
chain = defaultdict(Counter)
for current, following in zip(words, words[1:]):
    chain[current][following] += 1


def generate(start, seed, limit=12):
    rng = random.Random(seed)
    out = [start]
    while len(out) < limit and out[-1] != ".":
        options = chain[out[-1]]
        out.append(rng.choices(list(options), weights=options.values())[0])
    return " ".join(out)


sentences = [generate("the", seed) for seed in range(5)]
print("all transitions exist:", all(b in chain[a] for s in sentences for a, b in zip(s.split(), s.split()[1:])))
print("repeatable:", generate("the", 3) == generate("the", 3))
for word in ("the", "sat", "on", "cat"):
    total = sum(chain[word].values())
    print(word, "->", [(w, f"{n}/{total}") for w, n in sorted(chain[word].items(), key=lambda item: (-item[1], item[0]))])


def most_likely(word, steps):
    path = [word]
    for _ in range(steps):
        options = chain[path[-1]]
        path.append(min(options, key=lambda w: (-options[w], w)))
    return path


print(most_likely("a", 5))
print("vocabulary", len(set(words)), "bigrams", sum(len(c) for c in chain.values()))
