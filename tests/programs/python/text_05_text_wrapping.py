# task: Lay out a text: wrap, justify, indent, columns and a boxed banner.
import textwrap

text = "The quick brown fox jumps over the lazy dog while the five boxing wizards jump quickly; pack my box with five dozen liquor jugs."


def justify(line, width):
    words = line.split()
    if len(words) < 2:
        return line.ljust(width)
    gaps, spaces = len(words) - 1, width - sum(map(len, words))
    base, extra = divmod(spaces, gaps)
    return "".join(word + " " * (base + (i < extra)) for i, word in enumerate(words[:-1])) + words[-1]


width = 34
lines = textwrap.wrap(text, width)
for line in lines[:-1]:
    print(justify(line, width) + "|")
print(lines[-1].ljust(width) + "|")
print(textwrap.indent(textwrap.fill(text, 30, subsequent_indent="  "), "> "))
print(textwrap.shorten(text, 40, placeholder=" …"))
items = ["alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta"]
rows = -(-len(items) // 3)
for r in range(rows):
    print("".join(f"{items[i]:<10}" for i in range(r, len(items), rows)).rstrip())
title = " Übersicht "
print("╔" + "═" * len(title) + "╗\n║" + title + "║\n╚" + "═" * len(title) + "╝")
print(textwrap.dedent("""
    indented
      more
    back""").strip(), f"{'left':<10}|{'mid':^10}|{'right':>10}|{3.14159:08.3f}|{255:#06x}|{1e6:,.0f}|{0.256:.1%}")
