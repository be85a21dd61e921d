"""A relay before each AWS service, which counts connections and bytes by service.

Each has an address of its own (127.0.0.x): to a client they are as many hosts as AWS has."""

import asyncio
import collections
import threading

SERVICES = ["CLOUDFORMATION", "EC2", "ECS", "ELASTIC_BEANSTALK", "IAM", "SSM", "STS"]  # as in AWS_ENDPOINT_URL_<SERVICE>


class Relays:
    def __init__(self, url):
        self.host, port = url.split("//")[1].split(":")
        self.port = int(port)
        self.connections, self.bytes = collections.Counter(), collections.Counter()
        self.environment = {}
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever, daemon=True)

    def __enter__(self):
        self.thread.start()
        asyncio.run_coroutine_threadsafe(self._listen(), self.loop).result(10)
        return self

    def __exit__(self, *_):
        asyncio.run_coroutine_threadsafe(self._end(), self.loop).result(10)
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join()

    @staticmethod
    async def _end():
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    async def _listen(self):
        for number, service in enumerate(SERVICES, 10):
            address = f"127.0.0.{number}"
            server = await asyncio.start_server(lambda reader, writer, s=service: self._relay(s, reader, writer), address, 0)
            self.environment[f"AWS_ENDPOINT_URL_{service}"] = f"http://{address}:{server.sockets[0].getsockname()[1]}"

    async def _relay(self, service, reader, writer):
        self.connections[service] += 1
        there, back = await asyncio.open_connection(self.host, self.port)
        await asyncio.gather(self._copy(service, reader, back), self._copy(service, there, writer))

    async def _copy(self, service, source, sink):
        try:
            while data := await source.read(65536):
                self.bytes[service] += len(data)
                sink.write(data)
                await sink.drain()
        except ConnectionError:
            pass
        sink.close()
