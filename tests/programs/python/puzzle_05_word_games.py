# task: Word puzzles: ladder between words, boggle search, anagram groups, and a Wordle-like filter.
from collections import Counter, defaultdict, deque

words = "cold cord card ward warm word worm wood good gold goal coal coat boat bold bald tale late teal stale least steal slate crane crate trace react cater".split()


def ladder(start, goal):
    queue, seen = deque([[start]]), {start}
    while queue:
        path = queue.popleft()
        if path[-1] == goal:
            return path
        for word in words:
            if word not in seen and len(word) == len(start) and sum(a != b for a, b in zip(word, path[-1])) == 1:
                seen.add(word)
                queue.append(path + [word])
    return None


print(" -> ".join(ladder("cold", "warm")), "|", ladder("cold", "late"))
groups = defaultdict(list)
for word in words:
    groups["".join(sorted(word))].append(word)
print([group for group in groups.values() if len(group) > 1])

board = ["tale", "arcs", "ckod", "bgrw"]


def on_board(word):
    def follow(r, c, rest, used):
        if board[r][c] != rest[0]:
            return False
        if len(rest) == 1:
            return True
        used = used | {(r, c)}
        return any(
            follow(y, x, rest[1:], used)
            for y in range(max(0, r - 1), min(4, r + 2))
            for x in range(max(0, c - 1), min(4, c + 2))
            if (y, x) not in used
        )

    return any(follow(r, c, word, frozenset()) for r in range(4) for c in range(4))


print("on the board:", [word for word in words if on_board(word)])


def feedback(guess, secret):
    marks = ["g" if a == b else "." for a, b in zip(guess, secret)]
    rest = Counter(b for a, b in zip(guess, secret) if a != b)
    for i, char in enumerate(guess):
        if marks[i] == "." and rest[char] > 0:
            marks[i] = "y"
            rest[char] -= 1
    return "".join(marks)


five = [word for word in words if len(word) == 5]
secret, candidates = "trace", five
for guess in ("stale", "crate", "react"):
    mark = feedback(guess, secret)
    candidates = [word for word in candidates if feedback(guess, word) == mark]
    print(guess, mark, candidates)
print(feedback("geese", "eerie"), feedback("aabbb", "xaaxx"))
