// task: Parse an answer that is not JSON.
const answer = "{'name': 'Ann', 'age': 31}";
const person = JSON.parse(answer);
console.log(person.name);
