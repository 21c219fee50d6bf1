"""Redis of our own keeps what it acknowledged."""

import os

import redis

from portal.local.child import wait_until


def test_a_killed_server_comes_back_with_what_it_had_acknowledged(queue):
    with redis.Redis.from_url(queue.url()) as client:
        client.set("owed", "delivery-12")

        os.kill(queue.child.pid, 9)
        assert wait_until(lambda: not queue.child.alive())
        queue.child.start()
        queue.child.wait_ready()

        assert client.get("owed") == b"delivery-12"


def test_numbered_databases_are_apart_and_numerous(queue):
    with redis.Redis.from_url(queue.url(3)) as one, redis.Redis.from_url(queue.url(63)) as other:
        one.set("key", "one")

        assert other.get("key") is None


def test_no_port_is_open_and_the_socket_is_ours_alone(queue):
    assert queue.socket.stat().st_mode & 0o777 == 0o700
    with redis.Redis.from_url(queue.url()) as client:
        assert client.config_get("port") == {"port": "0"}
        assert client.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}
