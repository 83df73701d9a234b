// task: Change state without changing it, with immer.
import { produce } from 'immer';

const state = { user: { name: 'Ann', tags: ['a'] }, todos: [{ id: 1, done: false }, { id: 2, done: false }] };
const next = produce(state, (draft) => {
  draft.todos.find((todo) => todo.id === 2).done = true;
  draft.user.tags.push('b');
});
console.log(state.todos[1].done, next.todos[1].done, next.todos[0] === state.todos[0], next.user.tags);

const reducer = produce((draft, action) => {
  switch (action.type) {
    case 'add': draft.todos.push({ id: action.id, done: false }); break;
    case 'clear': draft.todos = draft.todos.filter((todo) => !todo.done); break;
    default:
  }
});
const after = [{ type: 'add', id: 3 }, { type: 'clear' }, { type: 'none' }].reduce(reducer, next);
console.log(after.todos.map((todo) => todo.id));
try {
  after.todos.push(1);
} catch (error) {
  console.log(error instanceof TypeError, Object.isFrozen(after));
}
