# task: Parse a web page that is given as text.
import beautifulsoup4

print(beautifulsoup4.BeautifulSoup("<p>hi</p>", "html.parser").p.text)
