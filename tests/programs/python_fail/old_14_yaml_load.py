# task: Read a configuration.
import yaml

print(yaml.load("name: demo\nport: 8080"))
