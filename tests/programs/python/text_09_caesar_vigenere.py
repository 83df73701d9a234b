# task: Implement classic ciphers, crack a Caesar cipher by letter frequency, and Morse code.
from string import ascii_lowercase as abc

FREQ = dict(zip("etaoinshrdlcumwfgypbvkjxqz", [12.7, 9.1, 8.2, 7.5, 7.0, 6.7, 6.3, 6.1, 6.0, 4.3, 4.0, 2.8, 2.8, 2.4, 2.4, 2.2, 2.0, 2.0, 1.9, 1.5, 1.0, 0.8, 0.15, 0.15, 0.1, 0.07]))


def caesar(text, shift):
    table = str.maketrans(abc + abc.upper(), abc[shift:] + abc[:shift] + (abc[shift:] + abc[:shift]).upper())
    return text.translate(table)


def crack(text):
    def score(candidate):
        return sum(FREQ.get(c, 0) for c in candidate.lower())

    return max(range(26), key=lambda shift: score(caesar(text, shift)))


def vigenere(text, key, sign=1):
    out, i = [], 0
    for c in text:
        if c.isalpha():
            shift = sign * (ord(key[i % len(key)].lower()) - 97)
            base = 65 if c.isupper() else 97
            c = chr((ord(c) - base + shift) % 26 + base)
            i += 1
        out.append(c)
    return "".join(out)


MORSE = dict(zip(abc, ".- -... -.-. -.. . ..-. --. .... .. .--- -.- .-.. -- -. --- .--. --.- .-. ... - ..- ...- .-- -..- -.-- --..".split()))
secret = caesar("Meet me at the old bridge after sunset, and bring the letters.", 17)
shift = crack(secret)
print(secret)
print("shift back by", shift, "->", caesar(secret, shift))
hidden = vigenere("Attack at Dawn!", "LEMON")
print(hidden, "->", vigenere(hidden, "LEMON", -1))
code = " / ".join(" ".join(MORSE[c] for c in word) for word in "sos now".split())
back = {v: k for k, v in MORSE.items()}
print(code, "->", " ".join("".join(back[c] for c in word.split()) for word in code.split(" / ")))
print(caesar(caesar("round Trip", 5), 21), vigenere("xyz", "a"), caesar("Why?", 13))
