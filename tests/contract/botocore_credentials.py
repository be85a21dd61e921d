"""botocore_credentials.py [PROFILE]: prints as JSON the credentials that botocore finds in the
environment and its files."""

import json
import sys

import botocore.session

try:
    session = botocore.session.Session(profile=sys.argv[1] if len(sys.argv) > 1 else None)
    found = session.get_credentials()
    keys = found and found.get_frozen_credentials()
    print(json.dumps({"access_key": keys.access_key, "secret_key": keys.secret_key, "token": keys.token or ""}
                     if keys else {"error": "NoCredentials"}))
except Exception as error:  # any error is an answer
    print(json.dumps({"error": f"{type(error).__name__}: {error}"}))
