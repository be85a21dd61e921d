"""The services that return credentials, in one small server: STS, an instance's metadata, a
container's endpoint, IAM Identity Center's portal.

The credentials that it returns are a function of the request: the signer, the region, and every
parameter. So two clients that send the same request get the same credentials, and those that differ
in anything do not."""

import hashlib
import http.server
import json
import re
import threading
import urllib.parse

FAR = "2099-01-01T00:00:00Z"
METADATA_TOKEN = "metadata-session"


def keys_of(**asked):
    text = json.dumps(asked, sort_keys=True)
    digest = hashlib.sha256(text.encode()).hexdigest()
    return {"AccessKeyId": "ASIA" + digest[:16].upper(), "SecretAccessKey": digest, "token": "token/" + digest[20:40]}


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def answer(self, status, body, kind="application/json"):
        data = body.encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def note(self, what):
        self.server.seen.append(what)

    def do_PUT(self):
        self.note("PUT " + self.path)
        if self.path.startswith("/old"):
            return self.answer(404, "")
        wanted = self.path.endswith("/latest/api/token") and self.headers["x-aws-ec2-metadata-token-ttl-seconds"]
        return self.answer(200, METADATA_TOKEN, "text/plain") if wanted else self.answer(400, "")

    def do_GET(self):
        self.note("GET " + self.path)
        if "/latest/meta-data/" in self.path:
            return self.instance()
        if self.path.startswith("/container"):
            keys = keys_of(path=self.path, authorization=self.headers["Authorization"])
            keys["Token"] = keys.pop("token")
            return self.answer(200, json.dumps(keys | {"Expiration": FAR, "RoleArn": "arn"}))
        if self.path.startswith("/federation/credentials"):
            keys = keys_of(path=self.path, token=self.headers["x-amz-sso_bearer_token"])
            return self.answer(200, json.dumps({"roleCredentials": {
                "accessKeyId": keys["AccessKeyId"], "secretAccessKey": keys["SecretAccessKey"],
                "sessionToken": keys["token"], "expiration": 4070908800000}}))
        return self.answer(404, "{}")

    def instance(self):
        if not self.path.startswith("/old") and self.headers["x-aws-ec2-metadata-token"] != METADATA_TOKEN:
            return self.answer(401, "")
        role = self.path.partition("security-credentials/")[2]
        if not role:
            return self.answer(200, "worker-role", "text/plain")
        keys = keys_of(role=role)
        keys["Token"] = keys.pop("token")
        return self.answer(200, json.dumps({"Code": "Success", "Type": "AWS-HMAC", "Expiration": FAR} | keys))

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        asked = dict(urllib.parse.parse_qsl(body))
        action = asked.pop("Action")
        self.note(action)
        # Each client has its own default name of a session.
        asked["RoleSessionName"] = re.sub(r"^[a-z-]+-\d{10}$", "default", asked.get("RoleSessionName", ""))
        scope = re.search(r"Credential=([^,]+)", self.headers.get("Authorization", ""))
        signer, _, region = scope[1].split("/")[:3] if scope else ("nobody", "", "")
        if action == "AssumeRole" and (not scope or "forbidden" in asked["RoleArn"]):
            return self.answer(403, "<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>no"
                               "</Message></Error><RequestId>r</RequestId></ErrorResponse>", "text/xml")
        if "unwell" in asked["RoleArn"]:
            return self.answer(500, "")
        keys = keys_of(action=action, signer=signer, region=region, session=self.headers.get("X-Amz-Security-Token"),
                       **asked)
        return self.answer(200, f"""<{action}Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><{action}Result>
            <AssumedRoleUser><AssumedRoleId>A:s</AssumedRoleId><Arn>arn:aws:sts::123456789012:assumed-role/r/s</Arn>
            </AssumedRoleUser><Credentials><AccessKeyId>{keys["AccessKeyId"]}</AccessKeyId>
            <SecretAccessKey>{keys["SecretAccessKey"]}</SecretAccessKey><SessionToken>{keys["token"]}</SessionToken>
            <Expiration>{FAR}</Expiration></Credentials></{action}Result></{action}Response>""", "text/xml")


def start(tls=None):
    """The server, with TLS when there is a context for it; its `url`, and `seen`: the requests."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.url, server.seen = f"http://127.0.0.1:{server.server_port}", []
    if tls:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server
