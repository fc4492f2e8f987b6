mkdir ~learner/api
cp app.py README.md serve example.xml ~learner/api
chmod +x ~learner/api/serve
chown -R learner: ~learner/api
until curl --silent --fail --output /dev/null http://registry:8080/?wsdl; do sleep 0.05; done
