# task: Solve a Sudoku with constraint propagation and backtracking and verify the solution.
puzzle = "530070000600195000098000060800060003400803001700020006060000280000419005000080079"


def peers(i):
    r, c = divmod(i, 9)
    return {j for j in range(81) if j != i and (j // 9 == r or j % 9 == c or (j // 27 == i // 27 and j % 9 // 3 == c // 3))}


PEERS = [peers(i) for i in range(81)]
guesses = 0


def assign(options, i, digit):
    options[i] = digit
    for j in PEERS[i]:
        if digit in options[j]:
            if len(options[j]) == 1:
                return False
            options[j] = options[j].replace(digit, "")
            if len(options[j]) == 1 and not assign(options, j, options[j]):
                return False
    return True


def solve(options):
    global guesses
    open_cells = [(len(o), i) for i, o in enumerate(options) if len(o) > 1]
    if not open_cells:
        return options
    _, i = min(open_cells)
    for digit in options[i]:
        guesses += 1
        trial = options[:]
        if assign(trial, i, digit) and (solved := solve(trial)):
            return solved
    return None


start = ["123456789"] * 81
for i, char in enumerate(puzzle):
    if char != "0":
        assert assign(start, i, char)
solution = "".join(solve(start))
for r in range(9):
    row = solution[r * 9 : r * 9 + 9]
    print(" | ".join(" ".join(row[k : k + 3]) for k in (0, 3, 6)))
    if r in (2, 5):
        print("------+-------+------")
units = [range(r * 9, r * 9 + 9) for r in range(9)] + [range(c, 81, 9) for c in range(9)] + [[(b // 3 * 3 + r) * 9 + b % 3 * 3 + c for r in range(3) for c in range(3)] for b in range(9)]
print("valid:", all({solution[i] for i in unit} == set("123456789") for unit in units), "| keeps givens:", all(p in ("0", s) for p, s in zip(puzzle, solution)), "| guesses:", guesses)
