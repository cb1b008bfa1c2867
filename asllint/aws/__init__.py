"""What AWS knows: resources that a Task can call, their patterns, what their role must allow."""
