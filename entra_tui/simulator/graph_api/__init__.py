"""Microsoft Graph v1.0, as far as connectors and their administrators use it."""
