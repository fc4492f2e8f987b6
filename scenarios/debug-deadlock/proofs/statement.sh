cd ~/"$project" && python3 - <<'PY'
text = open("app.py").read()
text = text.replace("            yield cursor\n", """            execute = cursor.execute

            def again(*args):
                for _ in range(3):
                    try:
                        return execute(*args)
                    except pymysql.err.OperationalError as error:
                        if error.args[0] != 1213:
                            raise

            cursor.execute = again
            yield cursor
""")
open("app.py", "w").write(text)
PY
