"""The HTTP side of small_aws.py: parses and writes the two protocols, and Slack's webhook."""

import json
import time
import urllib.parse
import uuid
from http.server import BaseHTTPRequestHandler
from xml.sax.saxutils import escape


class Refused(Exception):
    """An error in the service's format."""

    def __init__(self, code, message, status=400):
        super().__init__(message)
        self.code, self.status = code, status


def handler_for(aws):
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self):
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
            if self.path.startswith("/services/"):
                with aws.lock:
                    aws.posts.append({"at": time.time(), "path": self.path, **json.loads(body)})
                self.send(200, "text/plain", "ok")
            elif aws.plan.dead:
                self.close_connection = True
            elif "X-Amz-Target" in self.headers:
                self.answer_json(self.headers["X-Amz-Target"].partition(".")[2], json.loads(body or "{}"))
            else:
                parameters = dict(urllib.parse.parse_qsl(body, keep_blank_values=True))
                self.answer_query(parameters.get("Action", ""), parameters)

        def answer_json(self, action, parameters):
            status, answer, error = self.carry_out(action, parameters)
            if error:
                answer = {"__type": error.code or "UnknownOperationException", "message": str(error)}
            self.send(status, "application/x-amz-json-1.1", json.dumps(answer))

        def answer_query(self, action, parameters):
            status, answer, error = self.carry_out(action, parameters)
            if error:
                code = error.code or "InvalidAction"
                message = escape(str(error))
                if parameters.get("Version") == "2016-11-15":  # EC2 has a format of its own
                    answer = f"<Response><Errors><Error><Code>{code}</Code><Message>{message}</Message></Error></Errors>" \
                             f"<RequestID>{uuid.uuid4()}</RequestID></Response>"
                else:
                    answer = f"<ErrorResponse><Error><Type>Sender</Type><Code>{code}</Code><Message>{message}" \
                             f"</Message></Error><RequestId>{uuid.uuid4()}</RequestId></ErrorResponse>"
            elif parameters.get("Version") == "2016-11-15":
                answer = f"<{action}Response><requestId>{uuid.uuid4()}</requestId>{answer}</{action}Response>"
            else:
                answer = f"<{action}Response><{action}Result>{answer}</{action}Result><ResponseMetadata>" \
                         f"<RequestId>{uuid.uuid4()}</RequestId></ResponseMetadata></{action}Response>"
            self.send(status, "text/xml", answer)

        def carry_out(self, action, parameters):
            """HTTP status, the answer, the error; an error without a code is an unknown action."""
            status, answer, error = 200, None, None
            with aws.lock:
                try:
                    if not self.headers.get("Authorization", "").startswith("AWS4-HMAC-SHA256 "):
                        raise Refused("MissingAuthenticationToken", "Request is missing Authentication Token", 403)
                    answer = aws.answer(action, parameters)
                    if answer is None:
                        raise Refused("", f"The action {action} is not valid for this endpoint.")
                except Refused as refused:
                    status, error = refused.status, refused
                aws.calls.append({"at": time.time(), "action": action, "parameters": parameters, "status": status})
            return status, answer, error

        def send(self, status, content_type, body):
            data = body.encode()
            self.send_response(status)
            self.send_header("Content-Type", content_type)
            self.send_header("Content-Length", str(len(data)))
            self.send_header("x-amzn-RequestId", str(uuid.uuid4()))
            self.end_headers()
            self.wfile.write(data)

        def do_GET(self):
            # Neither task metadata nor a page: the only GET that a drain needs is a task's for its
            # credentials.
            if self.path != "/keys":
                return self.send(404, "text/plain", "not found")
            keys = {"AccessKeyId": "AKIDSMALLAWS", "SecretAccessKey": "small-secret", "Expiration": "2099-01-01T00:00:00Z"}
            return self.send(200, "application/json", json.dumps(keys))

        def log_message(self, *_):
            pass

    return Handler
