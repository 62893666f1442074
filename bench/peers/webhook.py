"""The intake as one would write it in Python: boto3, hmac, and a loop over the Runtime API cheaper than the official client."""

import hashlib
import hmac
import http.client
import json
import os

import boto3

SECRET = os.environ["APP_SECRET"].encode()
QUEUE = os.environ["INBOUND_QUEUE_URL"]
sqs = boto3.client("sqs")


def signed(header, raw):
    return bool(header) and hmac.compare_digest(header, "sha256=" + hmac.new(SECRET, raw, hashlib.sha256).hexdigest())


def records(hook):
    entries = []
    for entry in hook["entry"]:
        for change in entry["changes"]:
            value = change["value"]
            account = value["metadata"]["phone_number_id"]
            for kind, key in (("message", "messages"), ("status", "statuses")):
                for item in value.get(key, ()):
                    sender = item.get("from") or item.get("recipient_id") or ""
                    body = {"v": 1, "account": account, "kind": kind, "payload": item}
                    entries.append({
                        "Id": str(len(entries)),
                        "MessageGroupId": f"{account}:{sender}",
                        "MessageDeduplicationId": item["id"] if kind == "message" else f"{item['id']}:{item['status']}",
                        "MessageBody": json.dumps(body, separators=(",", ":"), ensure_ascii=False),
                    })
    return entries


def handle(event):
    raw = event["body"].encode()
    if not signed(event["headers"].get("x-hub-signature-256"), raw):
        return {"statusCode": 401}
    entries = records(json.loads(raw))
    for i in range(0, len(entries), 10):
        if sqs.send_message_batch(QueueUrl=QUEUE, Entries=entries[i : i + 10]).get("Failed"):
            raise RuntimeError("records were refused")
    return {"statusCode": 200}


connection = http.client.HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])
PATH = "/2018-06-01/runtime/invocation/"
while True:
    connection.request("GET", PATH + "next")
    answer = connection.getresponse()
    body, name = answer.read(), answer.headers["lambda-runtime-aws-request-id"]
    try:
        outcome, said = "response", handle(json.loads(body))
    except Exception as error:  # the runtime reports whatever goes wrong
        outcome, said = "error", {"errorType": type(error).__name__, "errorMessage": str(error)}
    connection.request("POST", f"{PATH}{name}/{outcome}", json.dumps(said), {"content-type": "application/json"})
    connection.getresponse().read()
