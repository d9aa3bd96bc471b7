"""WebSub (https://www.w3.org/TR/websub/) as a subscriber: a hub's push makes a feed due at once, and polls stay as the backup."""
