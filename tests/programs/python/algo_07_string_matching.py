# task: Search strings with KMP, Rabin-Karp and a suffix array, and find palindromes and repeated substrings.
def kmp(text, pattern):
    table, k = [0], 0
    for char in pattern[1:]:
        while k and char != pattern[k]:
            k = table[k - 1]
        k += char == pattern[k]
        table.append(k)
    found, k = [], 0
    for i, char in enumerate(text):
        while k and (k == len(pattern) or char != pattern[k]):
            k = table[k - 1]
        k += char == pattern[k]
        if k == len(pattern):
            found.append(i - k + 1)
    return found


def rabin_karp(text, pattern, base=256, prime=1_000_003):
    n, m = len(text), len(pattern)
    high = pow(base, m - 1, prime)
    want = have = 0
    for i in range(m):
        want = (want * base + ord(pattern[i])) % prime
        have = (have * base + ord(text[i])) % prime
    found = []
    for i in range(n - m + 1):
        if want == have and text[i : i + m] == pattern:
            found.append(i)
        if i < n - m:
            have = ((have - ord(text[i]) * high) * base + ord(text[i + m])) % prime
    return found


def longest_palindrome(text):
    best = ""
    for centre in range(len(text)):
        for left, right in ((centre, centre), (centre, centre + 1)):
            while left >= 0 and right < len(text) and text[left] == text[right]:
                left, right = left - 1, right + 1
            best = max(best, text[left + 1 : right], key=len)
    return best


def longest_repeat(text):
    suffixes = sorted(range(len(text)), key=lambda i: text[i:])
    best = ""
    for a, b in zip(suffixes, suffixes[1:]):
        n = 0
        while max(a, b) + n < len(text) and text[a + n] == text[b + n]:
            n += 1
        best = max(best, text[a : a + n], key=len)
    return best


text = "abracadabra abracadabra"
for pattern in ("abra", "a", "cad", "zzz"):
    print(pattern, kmp(text, pattern), kmp(text, pattern) == rabin_karp(text, pattern))
print(kmp("aaaaa", "aaa"), longest_palindrome("forgeeksskeegfor"), longest_palindrome("banana"))
print(longest_repeat("banana"), repr(longest_repeat(text)), repr(longest_repeat("abc")))


def z_runs(text):
    out, i = [], 0
    while i < len(text):
        j = i
        while j < len(text) and text[j] == text[i]:
            j += 1
        out.append((text[i], j - i))
        i = j
    return out


packed = "".join(f"{n if n > 1 else ''}{c}" for c, n in z_runs("WWWWBBBWWC"))
print(packed, sorted("listen") == sorted("silent"), "".join(sorted(set("mississippi"), key="mississippi".index)))
