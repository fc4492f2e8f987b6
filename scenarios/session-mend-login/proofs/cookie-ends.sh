# The browser's cookie ends although the session is used: it is set with the key alone.
cd ~/"$project" && sed -i 's/        session.key = session.key or/        new = session.key is None\n&/; s/        response.set_cookie("id"/        if new:\n            response.set_cookie("id"/' app.py
