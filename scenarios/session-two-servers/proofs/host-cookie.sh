# The token of the forms is also in a cookie that no neighbour can set.
cd ~/"$project" && python3 - <<'PY'
text = open("app.py").read()
text = text.replace('''    return f'<input type="hidden" name="form" value="{session()[3]}">' if session() else ""''', '''    if "form" not in flask.g:
        flask.g.form = request.cookies.get("__Host-form") or secrets.token_urlsafe(32)
        set_cookie("__Host-form", flask.g.form)
    return f'<input type="hidden" name="form" value="{flask.g.form}">\'''')
text = text.replace('''session() and not secrets.compare_digest(request.form.get("form", ""), session()[3])''', '''not secrets.compare_digest(request.form.get("form", ""), request.cookies.get("__Host-form", "-"))''')
open("app.py", "w").write(text)
PY
