"""Reads an OCI image layout in a tar. Raises Wrong if a blob differs from its descriptor."""

import hashlib
import io
import gzip
import json
import tarfile


class Wrong(Exception):
    """Says what was expected and what was found."""


class Layout:
    def __init__(self, path):
        with tarfile.open(path) as archive:
            self.files = {one.name.removeprefix("./"): archive.extractfile(one).read() for one in archive if one.isfile()}
        self.read = {"oci-layout", "index.json"}
        [self.index] = json.loads(self.files["index.json"])["manifests"]

    def blob(self, descriptor):
        digest = descriptor["digest"]
        name = "blobs/" + digest.replace(":", "/")
        content = self.files.get(name, b"")
        seen = f"sha256:{hashlib.sha256(content).hexdigest()}", len(content)
        if seen != (digest, descriptor["size"]):
            raise Wrong(f"wanted {name} of {descriptor['size']} bytes; seen {seen[0]} of {seen[1]}")
        self.read.add(name)
        return content

    def manifests(self):
        """{architecture: (digest of the manifest, config, layer's files)}"""
        found = {}
        for descriptor in json.loads(self.blob(self.index))["manifests"]:
            manifest = json.loads(self.blob(descriptor))
            config = json.loads(self.blob(manifest["config"]))
            [layer] = manifest["layers"]
            content = gzip.decompress(self.blob(layer))
            seen = [f"sha256:{hashlib.sha256(content).hexdigest()}"]
            platform = descriptor["platform"]
            if config["rootfs"]["diff_ids"] != seen or platform != {name: config[name] for name in ("os", "architecture")}:
                raise Wrong(f"wanted the config of {platform} with the layer {seen}; seen {config}")
            found[platform["architecture"]] = descriptor["digest"], config, tarfile.open(fileobj=io.BytesIO(content))
        return found
