"""API Gateway events with signed webhooks of 1 … 1,000 messages: the same bytes each time."""

import hashlib
import hmac
import json
import random

APP_SECRET = "bench-app-secret"
PHONE_NUMBER_ID = "106540352242922"
WORDS = "hello order shipping please parcel today invoice size blue delivery שלום תודה ขอบคุณ 在庫 envío 👍 \"quoted\" ok".split()


def webhook(chance, messages):
    """The JSON that Meta would post, with non-ASCII escaped as Meta does, and each sender's ids in order."""
    senders = [f"97254{chance.randrange(10**7):07}" for _ in range(max(1, messages // 2))]
    said, order = [], {}
    for number in range(messages):
        sender = chance.choice(senders)
        wamid = "wamid." + chance.randbytes(21).hex().upper()
        order.setdefault(sender, []).append(wamid)
        text = " ".join(chance.choice(WORDS) for _ in range(chance.randint(20, 44)))
        at = str(1790000000 + number)
        said.append({"from": sender, "id": wamid, "timestamp": at, "type": "text", "text": {"body": text}})
    contacts = [{"profile": {"name": f"Customer {sender[-4:]}"}, "wa_id": sender} for sender in order]
    metadata = {"display_phone_number": "15550783881", "phone_number_id": PHONE_NUMBER_ID}
    value = {"messaging_product": "whatsapp", "metadata": metadata, "contacts": contacts, "messages": said}
    hook = {"object": "whatsapp_business_account", "entry": [{"id": "1", "changes": [{"field": "messages", "value": value}]}]}
    return json.dumps(hook, separators=(",", ":")), order


def event(chance, messages):
    """The event of one webhook, as bytes, and each sender's ids in order."""
    body, order = webhook(chance, messages)
    signature = "sha256=" + hmac.new(APP_SECRET.encode(), body.encode(), hashlib.sha256).hexdigest()
    http = {"method": "POST", "path": "/webhooks/meta", "protocol": "HTTP/1.1", "sourceIp": "203.0.113.7", "userAgent": "facebookexternalua"}
    return json.dumps({
        "version": "2.0", "routeKey": "POST /webhooks/meta", "rawPath": "/webhooks/meta", "rawQueryString": "",
        "headers": {"content-type": "application/json", "host": "abcdefghij.execute-api.us-east-1.amazonaws.com",
                    "x-forwarded-for": "203.0.113.7", "x-forwarded-proto": "https", "x-hub-signature-256": signature},
        "requestContext": {"accountId": "123456789012", "apiId": "abcdefghij", "domainName": "abcdefghij.execute-api.us-east-1.amazonaws.com",
                           "domainPrefix": "abcdefghij", "http": http, "requestId": "JKJaXmPLvHcESHA=", "routeKey": "POST /webhooks/meta",
                           "stage": "$default", "time": "21/Nov/2026:02:00:00 +0000", "timeEpoch": 1795226400000},
        "body": body, "isBase64Encoded": False,
    }).encode(), order


def events(messages, count):
    chance = random.Random(f"{messages} messages")
    return [event(chance, messages) for _ in range(count)]
