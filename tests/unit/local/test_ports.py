import socket

from car_price_prediction.local.ports import free_port, why_not_free


def test_a_free_port_is_free():
    assert why_not_free("127.0.0.1", free_port()) == ""


def test_a_port_that_somebody_listens_on_is_not_free():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        assert why_not_free("127.0.0.1", taken.getsockname()[1]) == "another program listens there"


def test_a_port_that_somebody_holds_without_listening_is_not_free():
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        assert why_not_free("127.0.0.1", held.getsockname()[1]) == "address already in use"


def test_all_addresses_are_not_free_where_one_is_taken():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        assert why_not_free("0.0.0.0", taken.getsockname()[1]) == "another program listens there"  # noqa: S104


def test_a_port_whose_last_connection_is_closing_is_free():
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        client = socket.create_connection(("127.0.0.1", port))
        answer, _ = server.accept()
        answer.close()
        client.close()
    assert why_not_free("127.0.0.1", port) == ""


def test_an_address_of_another_machine_cannot_be_listened_on():
    assert why_not_free("203.0.113.7", free_port()) != ""
    assert "is no address" in why_not_free("nowhere.invalid", 5000)
