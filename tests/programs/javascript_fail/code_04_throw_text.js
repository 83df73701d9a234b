// task: Validate a value and throw a plain text.
function check(age) {
  if (age < 0) throw `invalid age: ${age}`;
  return age;
}
console.log(check(5));
console.log(check(-1));
