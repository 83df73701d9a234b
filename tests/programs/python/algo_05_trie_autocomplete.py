# task: Build a trie with insertion, deletion, prefix search by weight and wildcard matching.
class Trie:
    def __init__(self):
        self.children, self.weight = {}, None

    def insert(self, word, weight=1):
        node = self
        for char in word:
            node = node.children.setdefault(char, Trie())
        node.weight = (node.weight or 0) + weight

    def _node(self, prefix):
        node = self
        for char in prefix:
            node = node.children.get(char)
            if node is None:
                return None
        return node

    def __contains__(self, word):
        node = self._node(word)
        return node is not None and node.weight is not None

    def items(self, prefix=""):
        if self.weight is not None:
            yield prefix, self.weight
        for char in sorted(self.children):
            yield from self.children[char].items(prefix + char)

    def complete(self, prefix, limit=3):
        node = self._node(prefix)
        found = [] if node is None else list(node.items(prefix))
        return [word for word, _ in sorted(found, key=lambda item: (-item[1], item[0]))[:limit]]

    def match(self, pattern, prefix=""):
        if not pattern:
            if self.weight is not None:
                yield prefix
            return
        for char, child in sorted(self.children.items()):
            if pattern[0] in ("?", char):
                yield from child.match(pattern[1:], prefix + char)

    def remove(self, word):
        if not word:
            self.weight = None
        elif word[0] in self.children:
            child = self.children[word[0]]
            child.remove(word[1:])
            if child.weight is None and not child.children:
                del self.children[word[0]]


trie = Trie()
for word, weight in {"car": 5, "card": 3, "care": 9, "cart": 1, "cat": 7, "dog": 4, "dot": 2, "do": 6}.items():
    trie.insert(word, weight)
print(trie.complete("car"), trie.complete("d"), trie.complete("x"), trie.complete("", 2))
print("car" in trie, "ca" in trie, list(trie.match("ca?")), list(trie.match("?o?")), list(trie.match("???e")))
trie.remove("care")
trie.remove("card")
trie.insert("cart", 20)
print([word for word, _ in trie.items()], trie.complete("car"))
size = lambda node: 1 + sum(size(child) for child in node.children.values())
print("nodes:", size(trie))
