# task: Render personalised HTML e-mails from a Jinja2 template with loops, conditions, filters and inheritance.
from jinja2 import DictLoader, Environment, StrictUndefined, UndefinedError

templates = {
    "base.html": "<html><body>{% block body %}{% endblock %}\n<p>Sent by {{ sender }}</p></body></html>",
    "mail.html": """{% extends "base.html" %}
{% macro price(value) %}{{ "%.2f"|format(value) }} EUR{% endmacro %}
{% block body %}
<h1>Hello {{ customer.name|title }}!</h1>
{% for item in customer["items"] -%}
<li{% if loop.first %} class="first"{% endif %}>{{ loop.index }}. {{ item.title }}: {{ price(item.price) }}</li>
{% else -%}
<p>No orders yet.</p>
{% endfor -%}
{%- if customer["items"] %}<b>Total: {{ price(customer["items"]|sum(attribute="price")) }}</b>{% endif %}
{% endblock %}""",
}
env = Environment(loader=DictLoader(templates), autoescape=True, undefined=StrictUndefined)
customers = [
    {"name": "ann o'neil", "items": [{"title": "Book <new>", "price": 12.5}, {"title": "Pen", "price": 1.999}]},
    {"name": "bob", "items": []},
]
for customer in customers:
    print(env.get_template("mail.html").render(customer=customer, sender="Shop & Co"))
    print("-" * 20)
try:
    env.get_template("mail.html").render(customer=customers[0])
except UndefinedError as error:
    print("error:", error)
