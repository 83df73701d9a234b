# task: Show the supported TLS versions.
import ssl

print(ssl.OPENSSL_VERSION, ssl.create_default_context().minimum_version)
