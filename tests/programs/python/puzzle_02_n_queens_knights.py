# task: Count solutions of the n-queens problem with bit masks, and find a knight's tour with Warnsdorff's rule.
def queens(n):
    full = (1 << n) - 1

    def place(columns, left, right):
        if columns == full:
            return 1
        total, free = 0, full & ~(columns | left | right)
        while free:
            bit = free & -free
            free ^= bit
            total += place(columns | bit, (left | bit) << 1, (right | bit) >> 1)
        return total

    return place(0, 0, 0)


def first_solution(n, row=0, chosen=()):
    if row == n:
        return chosen
    for column in range(n):
        if all(column != c and abs(column - c) != row - r for r, c in enumerate(chosen)):
            if found := first_solution(n, row + 1, chosen + (column,)):
                return found
    return None


JUMPS = [(1, 2), (2, 1), (2, -1), (1, -2), (-1, -2), (-2, -1), (-2, 1), (-1, 2)]


def knights_tour(n, start):
    board, cell = {start: 0}, start

    def moves(cell):
        return [(cell[0] + dx, cell[1] + dy) for dx, dy in JUMPS if 0 <= cell[0] + dx < n and 0 <= cell[1] + dy < n and (cell[0] + dx, cell[1] + dy) not in board]

    while options := moves(cell):
        cell = min(options, key=lambda option: (len(moves(option)), option))
        board[cell] = len(board)
    return board


print({n: queens(n) for n in range(1, 9)})
for column in first_solution(6):
    print(". " * column + "Q " + ". " * (5 - column))
for n in (2, 3):
    print(n, "queens:", first_solution(n))
tour = knights_tour(6, (0, 0))
print("squares visited:", len(tour))
for y in range(6):
    print("".join(f"{tour.get((x, y), -1):4}" for x in range(6)))
order = sorted(tour, key=tour.get)
print("legal:", all((b[0] - a[0], b[1] - a[1]) in JUMPS for a, b in zip(order, order[1:])))
