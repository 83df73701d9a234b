# task: Compare two versions of a text: unified diff, similarity ratio, close matches and word-level changes.
import difflib

old = """def greet(name):
    print("Hello " + name)
    return None

greet("World")
""".splitlines(keepends=True)
new = """def greet(name, punctuation="!"):
    print(f"Hello {name}{punctuation}")

greet("World")
greet("Moon", "?")
""".splitlines(keepends=True)
print("".join(difflib.unified_diff(old, new, "a/greet.py", "b/greet.py")))
matcher = difflib.SequenceMatcher(None, "".join(old), "".join(new))
print("ratio between 0.5 and 0.9:", 0.5 < matcher.ratio() < 0.9)
print(difflib.get_close_matches("appel", ["ape", "apple", "peach", "puppy"]), difflib.get_close_matches("xyz", ["abc"]))
a, b = "the quick brown fox".split(), "the slow brown dog jumps".split()
for op, i1, i2, j1, j2 in difflib.SequenceMatcher(None, a, b).get_opcodes():
    print(f"{op:<8} {a[i1:i2]} -> {b[j1:j2]}")
for line in difflib.ndiff(["one\n", "two\n", "three\n"], ["ore\n", "tree\n", "emu\n"]):
    print(repr(line))


def levenshtein(s, t):
    row = range(len(t) + 1)
    for i, x in enumerate(s, 1):
        new_row = [i]
        for j, y in enumerate(t, 1):
            new_row.append(min(row[j] + 1, new_row[-1] + 1, row[j - 1] + (x != y)))
        row = new_row
    return row[-1]


print(levenshtein("kitten", "sitting"), levenshtein("", "abc"), levenshtein("same", "same"))
