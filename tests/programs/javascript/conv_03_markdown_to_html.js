// task: Write a small Markdown to HTML converter and use it on a file.
const fs = require('fs');
fs.writeFileSync('doc.md', `# Hello *World*

This is a **bold** move, with \`code <b>\` and a [link](https://example.com?a=1&b=2).
Second line.

## List

- one
- two **2**
- three

1. first
2. second

> quoted text

\`\`\`js
const a = 1 < 2;
\`\`\`

---
The end.
`);

const escapeHtml = (text) => text.replace(/[&<>"]/g, (c) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[c]);

function inline(text) {
  return escapeHtml(text)
    .replace(/`([^`]+)`/g, '<code>$1</code>')
    .replace(/\*\*([^*]+)\*\*/g, '<strong>$1</strong>')
    .replace(/\*([^*]+)\*/g, '<em>$1</em>')
    .replace(/\[([^\]]+)\]\(([^)]+)\)/g, '<a href="$2">$1</a>');
}

function toHtml(markdown) {
  const html = [];
  let list = null;
  let paragraph = [];
  const flush = () => {
    if (paragraph.length) html.push(`<p>${paragraph.map(inline).join(' ')}</p>`);
    paragraph = [];
    if (list) html.push(`</${list}>`);
    list = null;
  };
  const lines = markdown.split('\n');
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i];
    let match;
    if (line.startsWith('```')) {
      flush();
      const code = [];
      while (!lines[++i].startsWith('```')) code.push(lines[i]);
      html.push(`<pre><code class="language-${line.slice(3)}">${escapeHtml(code.join('\n'))}</code></pre>`);
    } else if ((match = /^(#{1,6})\s+(.*)/.exec(line))) {
      flush();
      html.push(`<h${match[1].length}>${inline(match[2])}</h${match[1].length}>`);
    } else if ((match = /^(?:([-*])|\d+\.)\s+(.*)/.exec(line)) && !/^---/.test(line)) {
      const type = match[1] ? 'ul' : 'ol';
      if (list !== type) {
        flush();
        html.push(`<${(list = type)}>`);
      }
      html.push(`  <li>${inline(match[2])}</li>`);
    } else if (/^---+$/.test(line)) { flush(); html.push('<hr>'); } else if (line.startsWith('> ')) { flush(); html.push(`<blockquote>${inline(line.slice(2))}</blockquote>`); } else if (line.trim() === '') flush();
    else paragraph.push(line);
  }
  flush();
  return html.join('\n');
}
const html = toHtml(fs.readFileSync('doc.md', 'utf8'));
fs.writeFileSync('doc.html', html);
console.log(html);
