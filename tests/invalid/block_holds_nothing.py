# /// script
# ///

print("hello")
