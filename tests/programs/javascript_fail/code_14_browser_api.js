// task: Show the result in the page.
const list = document.getElementById('list');
list.innerHTML = '<li>done</li>';
