function size(text) {
  return text.length;
}

console.log(size(null));
export {};
