# task: Solve the zebra puzzle by permutations with early pruning.
from itertools import permutations

HOUSES = [1, 2, 3, 4, 5]
orders = list(permutations(HOUSES))
right_of = lambda a, b: a - b == 1
next_to = lambda a, b: abs(a - b) == 1


def solutions():
    for red, green, ivory, yellow, blue in orders:
        if not right_of(green, ivory):
            continue
        for english, spaniard, ukrainian, norwegian, japanese in orders:
            if english != red or norwegian != 1 or not next_to(norwegian, blue):
                continue
            for coffee, tea, milk, juice, water in orders:
                if coffee != green or ukrainian != tea or milk != 3:
                    continue
                for snails_man, yellow_man, chess, dance, paint in orders:
                    if yellow_man != yellow or juice != dance or japanese != paint:
                        continue
                    for dog, snails, fox, horse, zebra in orders:
                        if spaniard == dog and snails_man == snails and next_to(chess, fox) and next_to(yellow_man, horse):
                            people = {english: "Englishman", spaniard: "Spaniard", ukrainian: "Ukrainian", norwegian: "Norwegian", japanese: "Japanese"}
                            yield people[water], people[zebra], [people[house] for house in HOUSES]


for water, zebra, order in solutions():
    print("water:", water, "| zebra:", zebra)
    print(" - ".join(order))


def digits_puzzle(a, b, total):
    letters = sorted(set(a + b + total))
    first = {a[0], b[0], total[0]}
    columns = max(len(a), len(b), len(total))

    def search(index, carry, used):
        if index == columns:
            return dict(used) if carry == 0 else None
        column = [word[-1 - index] if index < len(word) else None for word in (a, b, total)]

        def fill(position, used):
            if position == 2:
                value = carry + sum(used[c] for c in column[:2] if c)
                char = column[2]
                digit = value % 10
                if used.get(char, digit) != digit or (char not in used and digit in used.values()) or (digit == 0 and char in first):
                    return None
                return search(index + 1, value // 10, used | {char: digit})
            char = column[position]
            if char is None or char in used:
                return fill(position + 1, used)
            for digit in range(10):
                if digit not in used.values() and not (digit == 0 and char in first):
                    if found := fill(position + 1, used | {char: digit}):
                        return found
            return None

        return fill(0, used)

    found = search(0, 0, {})
    number = lambda word: int("".join(str(found[c]) for c in word))
    return f"{number(a)} + {number(b)} = {number(total)}", len(letters)


print(digits_puzzle("SEND", "MORE", "MONEY"), digits_puzzle("TWO", "TWO", "FOUR")[1])
