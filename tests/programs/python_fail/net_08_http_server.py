# task: Serve the current folder on port 8000.
from http.server import HTTPServer, SimpleHTTPRequestHandler

server = HTTPServer(("0.0.0.0", 8000), SimpleHTTPRequestHandler)
print("serving")
server.serve_forever()
