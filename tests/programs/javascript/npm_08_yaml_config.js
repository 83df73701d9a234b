// task: Change a YAML configuration with js-yaml.
const fs = require('fs');
const yaml = require('js-yaml');

const text = `
server: &server
  host: localhost
  ports: [8000, 8001]
staging:
  <<: *server
  host: staging.example
features:
  - name: search
    enabled: true
  - name: export
    enabled: false
notes: |
  two
  lines
`;
const config = yaml.load(text);
console.log(config.features.filter((feature) => feature.enabled).map((feature) => feature.name), config.staging, JSON.stringify(config.notes));
config.features.push({ name: 'login', enabled: true });
fs.writeFileSync('config.yaml', yaml.dump({ features: config.features, version: 1.5 }));
console.log(fs.readFileSync('config.yaml', 'utf8'));
try {
  yaml.load('a: [1, 2');
} catch (error) {
  console.log(error.name, error instanceof yaml.YAMLException);
}
