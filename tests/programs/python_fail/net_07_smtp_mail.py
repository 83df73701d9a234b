# task: Send an e-mail with the report.
import smtplib
from email.message import EmailMessage

message = EmailMessage()
message["Subject"], message["From"], message["To"] = "Report", "me@example.com", "you@example.com"
message.set_content("All good.")
with smtplib.SMTP("mail.example.com", 25) as server:
    server.send_message(message)
