"""The outside world in miniature: local HTTP servers shaped like Stripe and TikTok.

The product reaches them through the same gateways as the real services; only the base address
differs. An island: imports the kernel and nothing else of the product.
"""
