// task: Implement bubble, insertion, merge, quick and heap sort, test them against each other, and compare the number of comparisons.
let comparisons = 0;
const less = (a, b) => {
  comparisons++;
  return a < b;
};

const algorithms = {
  bubble(list) {
    const a = [...list];
    for (let end = a.length - 1; end > 0; end--) {
      let swapped = false;
      for (let i = 0; i < end; i++) if (less(a[i + 1], a[i])) [a[i], a[i + 1], swapped] = [a[i + 1], a[i], true];
      if (!swapped) break;
    }
    return a;
  },
  insertion(list) {
    const a = list.slice();
    for (let i = 1; i < a.length; i++) {
      const value = a[i];
      let j = i - 1;
      for (; j >= 0 && less(value, a[j]); j--) a[j + 1] = a[j];
      a[j + 1] = value;
    }
    return a;
  },
  merge(list) {
    if (list.length <= 1) return list;
    const middle = Math.floor(list.length / 2);
    const left = algorithms.merge(list.slice(0, middle));
    const right = algorithms.merge(list.slice(middle));
    const merged = [];
    while (left.length && right.length) merged.push(less(right[0], left[0]) ? right.shift() : left.shift());
    return merged.concat(left, right);
  },
  quick(list) {
    if (list.length < 2) return list;
    const [pivot, ...rest] = list;
    const small = [];
    const large = [];
    for (const item of rest) (less(item, pivot) ? small : large).push(item);
    return [...algorithms.quick(small), pivot, ...algorithms.quick(large)];
  },
  heap(list) {
    const a = Array.from(list);
    const sift = (root, size) => {
      for (let child; (child = 2 * root + 1) < size; root = child) {
        if (child + 1 < size && less(a[child], a[child + 1])) child++;
        if (!less(a[root], a[child])) return;
        [a[root], a[child]] = [a[child], a[root]];
      }
    };
    for (let i = (a.length >> 1) - 1; i >= 0; i--) sift(i, a.length);
    for (let end = a.length - 1; end > 0; end--) {
      [a[0], a[end]] = [a[end], a[0]];
      sift(0, end);
    }
    return a;
  },
};

let seed = 42;
const random = () => (seed = (seed * 1103515245 + 12345) % 2147483648) / 2147483648;
const numbers = Array.from({ length: 200 }, () => Math.floor(random() * 1000));
const expected = [...numbers].sort((a, b) => a - b);
console.log(numbers.slice(0, 8), expected.slice(0, 8));
for (const [name, sort] of Object.entries(algorithms)) {
  comparisons = 0;
  const sorted = sort(numbers);
  const isRight = sorted.every((value, i) => value === expected[i]) && sorted.length === expected.length;
  console.log(`${name.padEnd(10)} ${isRight ? 'ok' : 'WRONG'} ${String(comparisons).padStart(6)} comparisons`);
}
const people = [{ n: 'Al', a: 30 }, { n: 'Bo', a: 25 }, { n: 'Cy', a: 30 }, { n: 'Di', a: 25 }];
console.log(people.sort((x, y) => x.a - y.a).map((p) => p.n).join(), people.sort((x, y) => y.a - x.a || y.n.localeCompare(x.n)).map(({ n }) => n).join());
console.log([3, undefined, 1, , 2].sort(), [true, false].sort(), ['b', undefined, 'a'].sort(), [-1, -10, 5].sort());
const binarySearch = (list, target, low = 0, high = list.length - 1) => {
  while (low <= high) {
    const middle = (low + high) >>> 1;
    if (list[middle] === target) return middle;
    if (list[middle] < target) low = middle + 1;
    else high = middle - 1;
  }
  return ~low;
};
console.log(binarySearch([1, 3, 5, 7], 5), binarySearch([1, 3, 5, 7], 4));
