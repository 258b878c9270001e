"""The national HIS interface (定点医药机构接口): messages in and out, and what each transaction does."""
