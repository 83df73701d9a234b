# task: Call a JSON API with http.client.
import http.client
import json

connection = http.client.HTTPConnection("api.example.com")
connection.request("GET", "/v1/status")
print(json.load(connection.getresponse()))
