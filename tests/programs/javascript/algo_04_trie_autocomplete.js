// task: Implement a trie with insert, search, delete, autocomplete and fuzzy matching.
class TrieNode {
  children = new Map();
  isWord = false;
  weight = 0;
}
class Trie {
  #root = new TrieNode();
  #size = 0;
  get size() { return this.#size; }
  insert(word, weight = 1) {
    let node = this.#root;
    for (const char of word) {
      if (!node.children.has(char)) node.children.set(char, new TrieNode());
      node = node.children.get(char);
    }
    if (!node.isWord) this.#size++;
    node.isWord = true;
    node.weight += weight;
    return this;
  }
  #find(prefix) {
    let node = this.#root;
    for (const char of prefix) {
      node = node.children.get(char);
      if (!node) return null;
    }
    return node;
  }
  has(word) { return this.#find(word)?.isWord ?? false; }
  delete(word) {
    const remove = (node, depth) => {
      if (depth === word.length) {
        if (!node.isWord) return false;
        node.isWord = false;
        this.#size--;
      } else {
        const child = node.children.get(word[depth]);
        if (!child || !remove(child, depth + 1)) return false;
        if (!child.isWord && child.children.size === 0) node.children.delete(word[depth]);
      }
      return true;
    };
    return remove(this.#root, 0);
  }
  *words(prefix = '') {
    const visit = function* (node, text) {
      if (node.isWord) yield [text, node.weight];
      for (const [char, child] of [...node.children].sort(([a], [b]) => (a < b ? -1 : 1))) yield* visit(child, text + char);
    };
    const start = this.#find(prefix);
    if (start) yield* visit(start, prefix);
  }
  [Symbol.iterator]() { return this.words(); }
  complete(prefix, limit = 3) { return [...this.words(prefix)].sort((a, b) => b[1] - a[1] || a[0].length - b[0].length).slice(0, limit).map(([word]) => word); }
  fuzzy(word, maxErrors) {
    const found = [];
    const visit = (node, text, row) => {
      if (node.isWord && row.at(-1) <= maxErrors) found.push([text, row.at(-1)]);
      if (Math.min(...row) > maxErrors) return;
      for (const [char, child] of node.children) {
        const next = [row[0] + 1];
        for (let i = 1; i < row.length; i++) next.push(Math.min(next[i - 1] + 1, row[i] + 1, row[i - 1] + (word[i - 1] === char ? 0 : 1)));
        visit(child, text + char, next);
      }
    };
    visit(this.#root, '', [...Array(word.length + 1).keys()]);
    return found.sort((a, b) => a[1] - b[1] || (a[0] < b[0] ? -1 : 1));
  }
}
const trie = new Trie();
for (const word of 'car card care careful cart cat dog do door dot car care car'.split(' ')) trie.insert(word);
console.log(trie.size, trie.has('car'), trie.has('ca'), trie.has('cars'));
console.log(trie.complete('car'), trie.complete('do', 10), trie.complete('x'));
console.log([...trie].map(([word, weight]) => `${word}:${weight}`).join(' '));
console.log(trie.fuzzy('crt', 1), trie.fuzzy('dor', 1));
console.log(trie.delete('care'), trie.delete('care'), trie.delete('careful'), trie.complete('care'), trie.size);
console.log(trie, new TrieNode());
