"""The review of who acts for a body: each quarter its people and seats are confirmed, chased, and then suspended."""
