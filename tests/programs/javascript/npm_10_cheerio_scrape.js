// task: Read a table out of a saved page with cheerio.
const cheerio = require('cheerio');

const html = `<html><body><h1 class="title">Books</h1>
<table id="books"><tr><th>Title</th><th>Price</th></tr>
<tr class="row"><td><a href="/b/1">Dune</a></td><td>9.50</td></tr>
<tr class="row"><td><a href="/b/2">Emma</a></td><td>7.25</td></tr></table>
<ul><li data-n="1">one</li><li data-n="2">two &amp; three</li></ul></body></html>`;

const $ = cheerio.load(html);
const books = $('#books tr.row').map((_, row) => ({
  title: $(row).find('a').text(), link: $(row).find('a').attr('href'), price: Number($(row).find('td').eq(1).text()),
})).get();
console.log($('h1.title').text(), books, books.reduce((sum, book) => sum + book.price, 0));
console.log($('li').map((_, li) => `${$(li).data('n')}:${$(li).text()}`).get());
$('li').first().addClass('first').attr('title', 'x');
$('table').remove();
console.log($('body').html().trim());
