# /// script
# tool.dpdispatcher = "machine.toml"
# ///

print("hello")
